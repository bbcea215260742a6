"""What a demo workspace holds: people of both parties, the public case and some acts of theirs. All but it is invented.

A further step is a function that appends to the record, listed in `filling.STEPS`.
"""
