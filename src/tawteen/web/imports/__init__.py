"""Later imports: compared with what a party sees before anything is written, applied in short steps, undone."""
