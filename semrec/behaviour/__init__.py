"""What a behaviour log says: sessions, machines among the users, position bias, profiles."""
