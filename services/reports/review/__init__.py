"""What becomes of reports: corrected, withdrawn, decided on; and which may tell of one incident."""
