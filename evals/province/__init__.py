"""A whole inspection on an invented province: plan, draw, screen, review, decide, hear, settle, look back.

Nine regions, sixty hospitals, two hundred pharmacies and three years are generated with labels. Every step is done by
the commands and the workbench that a bureau has; only the people are simulated, with error rates that are given.
"""
