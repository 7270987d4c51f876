"""Indicators as a source states them or as we compute them."""
