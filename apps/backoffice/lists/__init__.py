"""What every list of the admin has: a download of what is listed, and a word where nothing is."""
