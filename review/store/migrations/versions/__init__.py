"""One file per step, numbered; a step that has shipped is never edited."""
