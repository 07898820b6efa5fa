import { connect } from 'amqplib';

/** Removes what a broker of this prefix has made in RabbitMQ. */
export async function eraseNames(url: string, prefix: string, partitions: number): Promise<void> {
  const model = await connect(url);
  const channel = await model.createChannel();
  for (let partition = 0; partition < partitions; partition++) await channel.deleteQueue(`${prefix}.log.${partition}`);
  for (const exchange of ['beats', 'inboxes']) await channel.deleteExchange(`${prefix}.${exchange}`);
  await model.close();
}
