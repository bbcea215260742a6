"""The field survey of the workspace: telephones and their forms, submissions, photos and documents of rows."""
