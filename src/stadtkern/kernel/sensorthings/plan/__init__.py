"""From typed trees to SQL with parameters; asks the database nothing."""
