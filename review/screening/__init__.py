"""Screening of whole settlement extracts: the charge checks in SQL over claims tables larger than memory."""
