"""Generated inspections with planted violations, near misses and labels.

Written from the check catalogue, the contracts of input and output and the public reference lists alone. It shares
nothing with the checks or their tables beyond item codes. What is planted stands in `evals/generating.md`.
"""
