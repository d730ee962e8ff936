"""What a measured result means in machines and money, for a traffic that is stated."""
