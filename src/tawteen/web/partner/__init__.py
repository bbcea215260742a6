"""The desk of a party's units: what they offer, what is asked of them, their load, and their answers."""
