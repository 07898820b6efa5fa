import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { barChart } from '../src/bench/plot.ts';
import { figuresOf, type Line, writeResults } from '../src/bench/results.ts';
import { parley } from './support/processes.ts';

const line: Line = {
  scenario: 'write',
  params: { seconds: 1 },
  parley: { acknowledgedPerCpuSecond: 10_000, p99Ms: 12.5 },
  peers: { socketIoSqlite: { acknowledgedPerCpuSecond: 5_000, p99Ms: 20 } },
  ratio: { perCpuSecond: 2 },
  pass: false,
};

describe('parley bench', () => {
  it('prints one line of JSON with the figures of both, and exits by whether the target was met', async () => {
    const { out, code, err } = await parley([
      'bench',
      'write',
      '--conversations',
      '10',
      '--senders',
      '5',
      '--window',
      '2',
      '--write.seconds',
      '1',
      '--fanout.seconds',
      '9',
      '--json',
    ]);
    const lines = out.trim().split('\n');
    assert.equal(lines.length, 1, err);
    const result = JSON.parse(lines[0] ?? '') as Line;
    assert.equal(result.scenario, 'write');
    assert.equal(result.params['conversations'], 10);
    assert.equal(result.params['seconds'], 1, 'a parameter may name its scenario; those of others are passed over');
    const figures = Object.fromEntries([...figuresOf(result.parley), ...figuresOf(result.peers)]);
    assert.ok(Number(figures['acknowledgedPerCpuSecond']) > 0);
    assert.ok(Number(figures['socketIoSqlite.acknowledgedPerCpuSecond']) > 0);
    assert.equal(code, result.pass ? 0 : 1);
  });

  it('loses nothing when its server is killed and everybody comes back', async () => {
    const { out, err } = await parley(['bench', 'storm', '--sessions', '20', '--rooms', '2']);
    assert.notEqual(out, '', err);
    const figures = Object.fromEntries(figuresOf((JSON.parse(out) as Line).parley));
    assert.equal(figures['sessionsCaughtUp'], 20);
    assert.equal(figures['gaps'], 0);
  });

  it('names the scenarios when asked for another', async () => {
    const { code, err } = await parley(['bench', 'dance']);
    assert.equal(code, 1);
    for (const name of ['fanout', 'idle', 'write', 'storm', 'history', 'wire', 'scale'])
      assert.ok(err.includes(name), err);
  });

  it('writes a page that names machine, commit and command, says what was missed, and a picture each', () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-results-'));
    try {
      writeResults(folder, [line, { ...line, scenario: 'idle', pass: true }], false);
      const page = readFileSync(join(folder, 'RESULTS.md'), 'utf8');
      assert.match(page, /## write: target missed[^]*## idle: target met/);
      assert.match(page, /commit [0-9a-f]{7}|commit unknown/);
      assert.ok(page.includes('parley bench write --seconds 1'));
      assert.ok(page.includes('| peer | socketIoSqlite.acknowledgedPerCpuSecond | 5000 |'));
      assert.ok(page.includes('not all scenarios have run'));
      assert.deepEqual(readdirSync(folder).toSorted(), ['RESULTS.md', 'idle.svg', 'write.svg']);
      assert.match(readFileSync(join(folder, 'write.svg'), 'utf8'), />10000<[^]*>5000</);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('draws bars as long as their values, and names as text whatever is in them', () => {
    const svg = barChart('a & b', [
      ['Parley <x>', 10],
      ['peer', 5],
    ]);
    const [longer, shorter] = Array.from(svg.matchAll(/<rect x="\d+" y="\d+" width="(\d+)"/g), (match) =>
      Number(match[1]),
    );
    assert.equal(longer, 2 * (shorter ?? 0));
    assert.ok(svg.includes('a &amp; b') && svg.includes('Parley &lt;x&gt;') && !svg.includes('<x>'));
  });
});
