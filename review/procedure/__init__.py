"""How an inspection is run: planned, drawn, estimated. The rules come from published inspection plans."""
