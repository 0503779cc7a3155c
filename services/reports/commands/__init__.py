"""Everything that changes state. Each command: decide in `domain`, write, announce; the edge commits."""
