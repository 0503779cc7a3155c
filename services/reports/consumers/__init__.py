"""What comes in beside HTTP: files that wait to be worked off, and areas that changed in another process."""
