/// Fleet
