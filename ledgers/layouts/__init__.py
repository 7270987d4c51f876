"""The kinds of ledgers we know, one module each; `known` lists them."""
