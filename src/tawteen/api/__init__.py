"""The functions and results of `import tawteen`: what the commands do, for Python and notebooks."""
