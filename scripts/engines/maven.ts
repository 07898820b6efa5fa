import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall } from './apt.ts';
import type { Say } from './engine.ts';
import { findProgram, needProgram, run } from './exec.ts';
import { programsFolder } from './folders.ts';

/** A Java program as Maven Central has it: one artifact and whatever it depends on. */
export interface JavaProgram {
  readonly name: string;
  /** `group:artifact:version`; the first one names the program. */
  readonly artifacts: readonly string[];
}

/** Where its jars are. The version is part of the name, so that a newer one is fetched beside it. */
export const jarsOf = ({ name, artifacts }: JavaProgram): string =>
  join(programsFolder, `${name}-${artifacts[0]?.split(':')[2] ?? ''}`);

/** Fetches the jars once, and Java and Maven where they are missing. */
export async function fetchJars(program: JavaProgram, say: Say): Promise<void> {
  if (findJava() === undefined) {
    await aptInstall([{ programs: ['java-17-missing'], debian: 'openjdk-17-jre-headless' }], say);
  }
  const folder = jarsOf(program);
  if (existsSync(folder)) return;
  await aptInstall([{ programs: ['mvn'], debian: 'maven' }], say);
  say(`fetching ${program.artifacts[0]} (Maven Central)`);
  const half = `${folder}.half`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  writeFileSync(join(half, 'pom.xml'), pomOf(program));
  await run('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=.'], { cwd: half });
  renameSync(half, folder);
}

/** Java 17: what Cassandra 5.0 needs (newer ones lack what it calls) and Kafka 4 is content with. */
export const needJava = (): string => findJava() ?? needProgram('/usr/lib/jvm/java-17-openjdk-amd64/bin/java', 'java');

function findJava(): string | undefined {
  const homes = ['amd64', 'arm64'].map((machine) => `/usr/lib/jvm/java-17-openjdk-${machine}/bin/java`);
  const given = process.env['PARLEY_JAVA_17'];
  return findProgram(...(given === undefined ? [] : [given]), ...homes, '/usr/lib/jvm/openjdk-17/bin/java');
}

function pomOf({ name, artifacts }: JavaProgram): string {
  const dependencies = artifacts.map((artifact) => {
    const [group, id, version] = artifact.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${id}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>parley</groupId><artifactId>${name}</artifactId><version>1</version>
<dependencies>${dependencies.join('')}</dependencies></project>
`;
}
