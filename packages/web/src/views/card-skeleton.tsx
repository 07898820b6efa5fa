const places = [1, 2, 3, 4];

/** The shape of cards that are on their way. */
export const CardSkeleton = () => (
  <div class="cards" role="status">
    <span class="visually-hidden">Loading</span>
    {places.map((place) => (
      <div key={place} class="card card-bone" />
    ))}
  </div>
);
