"""Parks, their spaces and who rents them."""
