"""Tawteen: plans, decides and follows the restart of suspended factories with an industrial partner."""

__version__ = "0.1.0"
