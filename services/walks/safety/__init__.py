"""Safety walks (trygghetsvandringar): planned, walked, closed; and what they found, until it is answered."""
