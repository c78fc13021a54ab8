"""The methods: numbers in, numbers out. They know no database and run in a process of their own."""
