"""What stands between the files a user has and the facts the graph keeps."""
