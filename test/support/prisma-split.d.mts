export declare function splitAsPrisma(script: string): string[];
