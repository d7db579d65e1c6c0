"""What is stored: SQLAlchemy tables and nothing else, one noun a file."""
