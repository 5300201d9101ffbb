"""How staff get in, and how long they stay: passwords, the second factor, sessions."""
