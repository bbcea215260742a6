"""Executes the tutorial notebooks and stores their outputs. Run it as `make notebooks` when what they show changed."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

TUTORIALS = Path(__file__).parent / "tutorials"


def executed(path: Path) -> nbformat.NotebookNode:
    """The notebook with fresh outputs, run in an empty folder of its own in English."""
    book = nbformat.read(path, as_version=4)
    os.environ.update(LC_ALL="C.UTF-8", IPYTHONDIR=tempfile.mkdtemp())
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(book, timeout=300, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
    for cell in book.cells:
        cell.pop("id", None)
        cell.metadata.clear()
        if cell.cell_type == "code":
            cell.outputs = [
                output for output in cell.outputs if output.output_type != "stream" or output.name != "stderr"
            ]
    book.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for number, cell in enumerate(book.cells):
        cell["id"] = f"cell-{number}"
    return book


if __name__ == "__main__":
    for tutorial in sys.argv[1:] or sorted(TUTORIALS.glob("*.ipynb")):
        nbformat.write(executed(Path(tutorial)), tutorial)
        print(tutorial)
