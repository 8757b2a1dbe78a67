# Debian's own PgBouncer, with our settings; the password comes with the container, never with the image.
FROM debian:trixie-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends pgbouncer \
  && rm -rf /var/lib/apt/lists/*
COPY ops/pgbouncer.ini /etc/owntill/pgbouncer.ini
USER postgres
EXPOSE 6432
CMD ["sh", "-c", "umask 077; printf '\"owntill\" \"%s\"\\n' \"$POSTGRES_PASSWORD\" > /run/pgbouncer/users.txt; exec pgbouncer /etc/owntill/pgbouncer.ini"]
