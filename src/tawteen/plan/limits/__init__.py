"""The limits of docs/method.md, one module a subject: each adds its columns, rows and entries to the draft."""
