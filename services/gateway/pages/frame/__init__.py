"""What every page stands in: its layout, its menu, who is signed in, how services are asked, and what went wrong."""
