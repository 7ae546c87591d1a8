// Stands for `prisma/config` while a user's config file is loaded, so that no Prisma CLI needs to be installed for it.

export function defineConfig<T>(config: T): T {
  return config;
}

export class PrismaConfigEnvError extends Error {
  readonly variable: string;
  constructor(variable: string) {
    super(`Cannot resolve environment variable: ${variable}.`);
    this.name = 'PrismaConfigEnvError';
    this.variable = variable;
  }
}

/** As Prisma's own: an absent and an empty variable are the same error. */
export function env(name: string): string {
  const value = process.env[name];
  if (!value) throw new PrismaConfigEnvError(name);
  return value;
}
