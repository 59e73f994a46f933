"""What an accepted invitation gives."""
