// Whole processes, measured from outside: wall-clock milliseconds from spawn to exit, and the peak resident memory of the process
// with its children, in MB, as Linux counts it (null elsewhere).

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const POLL_MS = 15;

export function measure(command, { cwd, env, ok = [0] }) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command[0], command.slice(1), { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
    const peaks = new Map();
    const timer = setInterval(() => recordPeaks(child.pid, peaks), POLL_MS);
    let stderr = '';
    child.stderr.on('data', (chunk) => { stderr += chunk; });
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(timer);
      const took = performance.now() - started;
      if (!ok.includes(code)) return reject(new Error(`${command.join(' ')} exited ${code}: ${stderr}`));
      const total = [...peaks.values()].reduce((sum, kb) => sum + kb, 0);
      resolve({ ms: took, mb: peaks.size === 0 ? null : total / 1024 });
    });
  });
}

function recordPeaks(pid, peaks) {
  try {
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    if (peak) peaks.set(pid, Number(peak[1]));
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    for (const child of children === '' ? [] : children.split(' ')) recordPeaks(Number(child), peaks);
  } catch {
    // Gone already, or a system without /proc.
  }
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
