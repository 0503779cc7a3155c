"""The register of public gatherings: when, where, how large, and which others come too close."""
