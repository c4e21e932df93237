namespace Tore.Mesh.Membership.Swim;

/// <summary>Draws among members.</summary>
internal static class Draw
{
    /// <summary>
    /// Draws distinct places of a list whose members satisfy <paramref name="fits"/>, as many as <paramref name="drawn"/> has room
    /// for; gives how many there were. Cheap where most fit; never more than a bounded number of tries.
    /// </summary>
    public static int Distinct<T>(
        Random random, int listCount, Span<int> drawn, IReadOnlyList<Member> list, Func<Member, T, bool> fits, T argument)
    {
        if (listCount <= 3 * drawn.Length)
        {
            return FromFew(random, drawn, list, fits, argument);
        }
        int count = 0;
        for (int tries = 0; count < drawn.Length && tries < 8 * drawn.Length; tries++)
        {
            int index = random.Next(listCount);
            if (!drawn[..count].Contains(index) && fits(list[index], argument))
            {
                drawn[count++] = index;
            }
        }
        return count;
    }

    /// <summary>Puts numbers in random order (Fisher and Yates).</summary>
    public static void Shuffle<T>(Random random, List<T> list)
    {
        for (int i = list.Count - 1; i > 0; i--)
        {
            int other = random.Next(i + 1);
            (list[i], list[other]) = (list[other], list[i]);
        }
    }

    /// <summary>Takes every fitting place in turn and keeps a uniform sample of them (reservoir).</summary>
    private static int FromFew<T>(Random random, Span<int> drawn, IReadOnlyList<Member> list, Func<Member, T, bool> fits, T argument)
    {
        int seen = 0;
        for (int i = 0; i < list.Count; i++)
        {
            if (!fits(list[i], argument))
            {
                continue;
            }
            int place = seen++;
            if (place >= drawn.Length)
            {
                place = random.Next(seen);
            }
            if (place < drawn.Length)
            {
                drawn[place] = i;
            }
        }
        return Math.Min(seen, drawn.Length);
    }
}
