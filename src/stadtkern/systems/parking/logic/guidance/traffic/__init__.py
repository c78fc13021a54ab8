"""What searching for a space costs in kilometres and in air: an estimate with open assumptions."""
