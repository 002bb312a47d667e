# syntax=docker/dockerfile:1
# A hub in a container: `docker compose up` (compose.yaml) runs it with a store and a database. scripts/deploy.test.ts holds this file to its rules.

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /strata
# First what changes seldom, so that a change of the sources installs nothing anew.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
# The page is built; everything that only builds goes, and the native modules keep their prebuilt binaries.
RUN node node_modules/vite/bin/vite.js build --logLevel warn \
 && npm prune --omit=dev --no-audit --no-fund

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /strata
COPY --from=build --chown=root:root /strata/package.json ./
COPY --from=build --chown=root:root /strata/node_modules ./node_modules
COPY --from=build --chown=root:root /strata/shared ./shared
COPY --from=build --chown=root:root /strata/main ./main
COPY --from=build --chown=root:root /strata/dist/renderer ./dist/renderer
# Records, keys and logs; nothing else is written.
RUN install -d -o node -g node -m 700 /data
VOLUME /data
USER node
# Plain HTTP for this container alone, or behind a proxy; TLS of its own.
EXPOSE 8620 8643
HEALTHCHECK --interval=30s --timeout=6s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8620/api/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "--max-semi-space-size=4", "main/cli.ts", "start", "--headless", "--no-open", "--data", "/data", "--port", "8620"]
