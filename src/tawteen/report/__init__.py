"""Exhibits, and the page, workbook and pictures made of them."""
