"""Who may call: organisations, their systems and people, tokens and keys, tries and limits, and the trail of it all."""
