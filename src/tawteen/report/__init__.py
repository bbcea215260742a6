"""Exhibits, and the page and workbook made of them."""
