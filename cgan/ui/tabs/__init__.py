"""One folder a tab: its layout, script, texts, style sheet, and what the server computes for it."""
