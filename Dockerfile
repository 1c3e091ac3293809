# One image for every role: `docker run portolan api`, `docker run portolan worker`.
FROM node:26-slim

ENV NODE_ENV=production
WORKDIR /app

# Only the embedded database needs install scripts, and containers are given DATABASE_URL.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force

COPY LICENSE tsconfig.json ./
COPY src src
COPY workers workers
COPY routing routing
COPY db db
COPY examples/starter examples/starter

USER node
EXPOSE 3000
# Node itself is process 1: it gets the signals, and stops gracefully.
ENTRYPOINT ["node", "src/main.ts"]
CMD ["help"]
