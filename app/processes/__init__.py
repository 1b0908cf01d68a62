"""The children of `hilum up`: Neo4j, the job worker and the web server, kept running and stopped in order."""
