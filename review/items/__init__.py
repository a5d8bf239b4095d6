"""A hospital's items without a national code: what each may be, and what people said it is."""
