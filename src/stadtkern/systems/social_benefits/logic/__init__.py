"""What fits whom, and answers on their way into applications."""
