import type { Rule } from '../rule.ts';

/** Prisma's schema says nothing about comments in the database; they are the user's own and are neither made nor changed. */
export const comment: Rule<'comment'> = { create: () => [], alter: () => [] };
