"""Who is using the program, and who works here."""
